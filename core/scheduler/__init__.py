"""The one brain that gets work to devices: it folds the log into a board, decides, and appends what it decided."""
