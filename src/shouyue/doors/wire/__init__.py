"""HTTP/1.1 on plain asyncio, where each microsecond counts: bytes, limits and deadlines."""
