"""The only package that speaks NATS: the event log, orders, reports and calls of runners."""
