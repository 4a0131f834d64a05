"""The tests; a package, so that the benchmarks find it whatever else is installed."""
