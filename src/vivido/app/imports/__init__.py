"""Taking in what runs already, as the first release of each environment, and saying what could not be told.

Belongs here: looking, choosing and planning. Not here: bringing anything up; an import changes nothing that runs.
"""
