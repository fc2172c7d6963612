"""Rules of filings, all pure: fields as data, what a form and a file must be, texts of the sample letters."""
