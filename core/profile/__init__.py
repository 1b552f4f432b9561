"""From raw MegEngine profiles to an analysed document. Pure: no I/O, no clock, no MegEngine."""
