using System.Globalization;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>What a case offers or agrees to about permessage-deflate (RFC 7692 §7.1).</summary>
/// <param name="Offer">The offer as a client; null for none.</param>
/// <param name="Answer">The answer as a server to a client's offer; null for none.</param>
internal sealed record DeflateTerms(string? Offer, Func<string?, string?> Answer)
{
    private const string Name = "permessage-deflate";

    /// <summary>Whether a client's offer has the extension, and that parameter.</summary>
    public static bool Offers(string? offer, string parameter = "") =>
        offer is not null && offer.Contains(Name, StringComparison.OrdinalIgnoreCase) && offer.Contains(parameter, StringComparison.OrdinalIgnoreCase);

    /// <summary>The answer to a client's offer. What the client demands of the server is accepted by naming it (RFC 7692 §7.1.1.1, §7.1.2.1).</summary>
    public string? AnswerTo(string? offer)
    {
        string? answer = Answer(offer);
        if (answer is null)
        {
            return null;
        }

        string first = offer!.Split(',').First(element => Offers(element));
        var demands = first.Split(';', StringSplitOptions.TrimEntries)
            .Where(part => part.StartsWith("server_", StringComparison.OrdinalIgnoreCase) && !answer.Contains(part, StringComparison.OrdinalIgnoreCase));
        return string.Join("; ", [answer, .. demands]);
    }

    /// <summary>What a server agreed to.</summary>
    /// <exception cref="OpeningException">More than was offered, or not well-formed.</exception>
    public Negotiated Read(string? answer)
    {
        if (answer is null)
        {
            return Negotiated.None;
        }

        return Offer is null ? throw new OpeningException($"an extension that was not offered: {answer} (RFC 6455 §9.1)") : Parse(answer, judgeIsClient: true);
    }

    /// <summary>Reads an agreed extension.</summary>
    /// <exception cref="OpeningException">It is none (RFC 7692 §7.1).</exception>
    public static Negotiated Parse(string answer, bool judgeIsClient)
    {
        string[] parts = answer.Split(';', StringSplitOptions.TrimEntries);
        if (!parts[0].Equals(Name, StringComparison.OrdinalIgnoreCase) || answer.Contains(',', StringComparison.Ordinal))
        {
            throw new OpeningException($"an extension that was not offered: {answer} (RFC 6455 §9.1)");
        }

        bool clientFresh = false, serverFresh = false;
        int clientBits = 15, serverBits = 15;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string part in parts[1..])
        {
            string[] pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            string value = pair.Length == 2 ? pair[1].Trim('"') : "";
            bool bits = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 8 and <= 15;
            bool known = seen.Add(pair[0]) && (pair[0].ToLowerInvariant(), pair.Length, bits) switch
            {
                ("client_no_context_takeover", 1, _) => clientFresh = true,
                ("server_no_context_takeover", 1, _) => serverFresh = true,
                ("client_max_window_bits", 2, true) => (clientBits = number) > 0,
                ("server_max_window_bits", 2, true) => (serverBits = number) > 0,
                _ => false,
            };
            if (!known)
            {
                throw new OpeningException($"the parameter '{part}' of {Name} (RFC 7692 §7.1)");
            }
        }

        return judgeIsClient
            ? new Negotiated(true, clientFresh, serverFresh, clientBits, serverBits)
            : new Negotiated(true, serverFresh, clientFresh, serverBits, clientBits);
    }
}
