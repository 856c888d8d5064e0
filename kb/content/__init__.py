"""Text in, structure out: pure Python that knows neither Django nor a database."""
