"""SQL of short links: domains and generations, ranges, what is kept by day; and the memory of redirectors."""
