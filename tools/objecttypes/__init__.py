"""Makes `src/vivido/drift/kubernetes.json`: what the differ knows of the types of Kubernetes' own objects."""
