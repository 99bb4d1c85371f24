"""Finds the class of an object that Node answers with, where its module is one that nobody imported yet.

Stock, all modules of a provider are imported, so jsii knows every class. It happens rarely, if ever: a stack holds the
objects that it made itself.
"""

from cdktf_fast_start.provider_package import import_every_module
from jsii import _reference_map


def enable() -> None:
    """Have jsii import the rest of a lazy package before it gives up on a type."""
    stock = _reference_map._try_import_type_module

    def import_module_of(class_fqn: str) -> bool:
        found = stock(class_fqn)
        package = _reference_map._assembly_to_module.get(class_fqn.partition(".")[0])
        return (package is not None and import_every_module(package)) or found

    if stock.__module__ == _reference_map.__name__:
        _reference_map._try_import_type_module = import_module_of
