"""What templates can call: words, dates, addresses and parts of pages that no view needs to prepare."""
