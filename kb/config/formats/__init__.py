"""How dates are written in each language that the product speaks; named in templates, as `date:"DATE_FORMAT"`."""
