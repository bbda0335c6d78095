#!/bin/sh
# Installs a tree of about 420 npm packages in DIR, with its lock file, for the figure of sbom_tree.py.
# Usage: bench/corpus_node.sh DIR
#
# The named packages are pinned; what they need is resolved when the script runs, so the tree changes a little with the registry.
# No script of a package runs.
set -eu
dir=${1:?usage: bench/corpus_node.sh DIR}
mkdir -p "$dir"
cat > "$dir/package.json" <<'JSON'
{
  "name": "tree", "version": "1.0.0", "private": true,
  "dependencies": {
    "axios": "1.6.8", "eslint": "8.57.0", "express": "4.19.2", "lodash": "4.17.21", "react": "18.3.1",
    "string-width-cjs": "npm:string-width@4.2.3", "webpack": "5.91.0", "webpack-dev-server": "5.0.4"
  }
}
JSON
(cd "$dir" && npm install --ignore-scripts --no-audit --no-fund --loglevel=error)
