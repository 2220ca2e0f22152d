"""Run by IPython at the start of a kernel (``PYTHONSTARTUP``, see :func:`covtheory.kernel.preparation.environment`)."""

if __name__ == "__main__":  # in a kernel the user's namespace has this name
    from covtheory.kernel import preparation

    preparation.prepare()
    del preparation
