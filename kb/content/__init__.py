"""Reads Markdown into guides with their structure and safe HTML; knows neither Django nor a database."""
