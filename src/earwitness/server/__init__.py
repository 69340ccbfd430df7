"""Where everything is put together: settings, URL map, start and stop order."""
