"""How the world comes in: the signed API, developers' and public pages, staff pages."""
