port ENV.fetch("PORT", 8080)

# Process 1 of a container can't be ended by a signal, so without this a graceful stop has exit status 1.
raise_exception_on_sigterm false
