"""What the benchmark is put together from; `benches/run` is the program."""
