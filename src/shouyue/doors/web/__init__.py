"""What all pages stand on: layout, language, visits, forms, refusals, headers. Below the doors."""
