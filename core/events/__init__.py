"""What can happen in mgeprof: one closed union of facts per aggregate, and how they are written down."""
