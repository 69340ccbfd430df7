"""Report pages: figures, charts and the tables behind them, each mark with a link to the rows it counts."""
