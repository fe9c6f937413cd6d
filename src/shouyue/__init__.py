"""Shouyue: an e-commerce open platform that keeps the word of its privacy policy."""
