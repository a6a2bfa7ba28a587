"""Pages over a workspace: what changed, boards with their history, models; each also as JSON, CSV, SVG, Atom and Markdown.

The same views are served (`tracker serve`) and written as files (`tracker site build`). They need no script.

Source: docs/decisions/0070-charts.md
"""
