"""From Kubernetes objects to a blueprint: pure. What cannot run is a problem, what has no effect here a notice."""
