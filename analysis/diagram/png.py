"""Renders the SVG as PNG, with the font that it was measured with."""

from analysis.diagram.text import FONTS

_ZOOM = 2.0


def png(svg: str) -> bytes:
    """Return a PNG of twice the size, for screens that show it as large as the SVG with all its detail."""
    import resvg_py  # noqa: PLC0415 (for this format only)

    fonts = [str(FONTS / f"arimo-{weight}.ttf") for weight in ("regular", "bold")]
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=_ZOOM,
            skip_system_fonts=True,
            font_files=fonts,
            font_family="Arimo",
            sans_serif_family="Arimo",
        )
    )
