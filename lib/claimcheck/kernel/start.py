"""Run by IPython at the start of a kernel: the file of ``PYTHONSTARTUP`` (:mod:`claimcheck.kernel.preparation`)."""

if __name__ == "__main__":  # in a kernel the user's namespace has this name
    from claimcheck.kernel import preparation

    preparation.prepare()
    del preparation
