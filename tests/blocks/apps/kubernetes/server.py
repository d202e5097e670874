with open("started", "w", encoding="utf-8") as file:
    file.write("yes")
