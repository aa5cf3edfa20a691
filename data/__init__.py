"""The papers that come with Citewell, as files of this package."""
