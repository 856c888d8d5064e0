"""Makes of published guides the table of problems, questions and likelihoods that walks are planned on."""
