"""Words everybody speaks: pure values that import nothing else of ours."""
