"""The shape of `vivido.yaml`: structs from which the JSON Schema is made. What they mean is `vivido.model.project`.

Belongs here: what may be written, with docstrings that are what editors show. Never here: rules that types cannot say, kinds of
gates and targets.
"""
