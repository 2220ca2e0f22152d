"""The collection as a whole: contract of the notebooks, strict runs, ledger, report, README index, slides."""
