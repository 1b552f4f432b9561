"""Spans: what took how long within a trace, for the operator's collector. Where none is named, nothing is kept."""
