"""Says what should be written or mended next, by the harm that its lack does, and whether it helped that it was."""
