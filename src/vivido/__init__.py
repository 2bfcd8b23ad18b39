"""Vivido carries one container image, byte for byte the same, from development to production.

The house (imports point downwards only; `.importlinter` holds it):

    cli                                     what people touch; no rules inside
    app                                     use cases; the one place where permission is checked
    gates                                   conditions of a promotion
    targets | layouts | build               where it runs, how it is kept in Git, how it is built
    render | signing | secrets              manifests, signatures, values that never leave memory
    git | registry | identity | store       the only places that know pygit2, HTTP registries, keys, SQL
    engine                                  decide(state, event) -> commands; journal, leases, runner
    config                                  vivido.yaml: find, load, check, schema
    model                                   frozen structs and the rules among them; no I/O, no clock
    text | time | yamledit                  small things that know nothing of promotion
    process, crashpoint, errors             the ground floor

    testing                                 real servers and fakes for Vivido's tests and its users'
"""

__version__ = "0.1.0"
