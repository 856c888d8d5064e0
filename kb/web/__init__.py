"""What a request meets: middleware, the pages of readers, the studio of writers, and the API."""
