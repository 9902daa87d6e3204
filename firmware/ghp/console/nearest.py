"""What a person may have meant: the names most like a mistyped word."""


def nearest(word, names, otherwise):
    """Return '; did you mean a, b?' for the most similar names, or `otherwise` when none is similar."""
    pairs = [word[place : place + 2] for place in range(len(word) - 1)]
    found = []
    for name in names:
        score = 2 * sum([1 for pair in pairs if pair in name])
        if name[:1] == word[:1]:
            score += 1
        score -= abs(len(name) - len(word)) // 4
        if score >= 2 and 2 * score >= len(word):
            found.append((-score, name))
    if not found:
        return otherwise
    found.sort()
    found = [pair for pair in found if 2 * pair[0] <= found[0][0]]  # no worse than half as good as the best
    return "; did you mean " + ", ".join([name for _, name in found[:3]]) + "?"
