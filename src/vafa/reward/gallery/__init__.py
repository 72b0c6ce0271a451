"""Ready programmes, from the articles' own figures."""
