"""The support bundle: what somebody who helps wants to see, and no secret."""
