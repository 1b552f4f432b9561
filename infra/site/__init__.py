"""The guides as a static site: docs/ rendered into plain pages that load nothing from anywhere and run nothing."""
