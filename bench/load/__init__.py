"""One worker under load: 16 clients ask while papers come and go, and how many requests a second that is."""
