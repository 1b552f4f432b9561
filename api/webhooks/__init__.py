"""Webhooks: telling other programs what happens here, by the Standard Webhooks convention."""
