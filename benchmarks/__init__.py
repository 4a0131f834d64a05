"""Side-by-side speed: ours against a peer, in one run on one machine.

``python -m benchmarks [NAME ...] [--json]`` runs the named benchmarks (all without a
name) and prints a row each; with ``--json`` one JSON object a line with the keys
``name``, ``peer``, ``ratio``, ``low``, ``high``, ``aim`` and ``holds``. Speed is never part
of the tests: a test must not fail because the machine is busy.

How it is measured
------------------
Ours and the peer run by turns, round after round, so that a busy minute strikes both.
A round's ratio is the peer's CPU time over ours (2 says we need half); the row shows
the median of the rounds and their smallest and largest. CPU time, all threads counted,
because the machine is rarely one's own; it is unkind to an engine that uses all cores to
be done sooner. Before the first round both run once, unmeasured, and must agree on the
answer: a benchmark of a wrong result is worth nothing.

A new benchmark
---------------
A module in this folder that makes a :class:`~benchmarks.runner.Benchmark` and a line in
:data:`benchmarks.__main__.BENCHMARKS`. Say in ``note`` what is left out on either side.

A peer whose versions clash with ours gets an environment of its own: make it with
``uv venv build/peers/NAME`` and ``uv pip install --python build/peers/NAME PACKAGE``, and let
the peer's callable run that interpreter on a small script, which measures itself and
prints its seconds (start-up is not the peer's work). ``Benchmark.seconds`` is there for it.
"""
