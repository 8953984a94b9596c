"""Measures tuimixer from outside, compared with its peers and a bare Textual app, in one run:
`./dev bench`.
"""
