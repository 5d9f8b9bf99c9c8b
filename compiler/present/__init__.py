"""Reports for people: views of what was built, put into text by templates.

Nothing here decides anything. A view is a frozen record of what a template prints; text that came from
a trace passes through ``escape`` on its way out.
"""
