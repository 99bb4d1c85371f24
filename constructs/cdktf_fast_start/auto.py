"""A fast start in one line: `import cdktf_fast_start.auto`, before anything of cdktf is imported."""

from cdktf_fast_start import enable

enable(start_node=True)
