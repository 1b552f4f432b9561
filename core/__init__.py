"""The heart of mgeprof: events, decisions, the event log, and the scheduler that gets work to devices."""
