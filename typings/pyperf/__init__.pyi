from ._bench import Run as Run
