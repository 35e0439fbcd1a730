using System.Text;

namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>How two ends agree on permessage-deflate (RFC 7692 §5.1, §7.1): pure functions of the headers and of what an end wishes.</summary>
internal static class DeflateNegotiation
{
    /// <summary>
    /// A server's answer to the first of the client's offers that is valid, as far as both wishes allow; null declines all.
    /// </summary>
    /// <param name="offers">The client's offers, of whatever extensions, its favourite first.</param>
    /// <param name="wishes">What the server wants of both ends.</param>
    /// <param name="agreed">What holds then.</param>
    public static string? Choose(IReadOnlyList<ExtensionOffer> offers, DeflateParameters wishes, out DeflateParameters agreed)
    {
        agreed = default;
        foreach (var offer in offers)
        {
            if (offer.Name != DeflateParameters.ExtensionName || DeflateFields.Read(offer, isAnswer: false, out var fields) is not null)
            {
                continue;
            }

            agreed = new DeflateParameters(
                fields.ServerNoContextTakeover || wishes.ServerNoContextTakeover,
                fields.ClientNoContextTakeover || wishes.ClientNoContextTakeover,
                Math.Min(fields.ServerMaxWindowBits ?? DeflateParameters.MostWindowBits, wishes.ServerMaxWindowBits),
                // A client that does not say that it can keep to a window must not be told one (RFC 7692 §7.1.2.2).
                fields.ClientMaxWindowBits is { } client ? Math.Min(client, wishes.ClientMaxWindowBits) : DeflateParameters.MostWindowBits);
            // Who asks for a window is answered with one, even the largest.
            bool told = fields.ServerMaxWindowBits is null || agreed.ServerMaxWindowBits < DeflateParameters.MostWindowBits;
            return told ? agreed.ToString() : agreed + "; server_max_window_bits=15";
        }

        return null;
    }

    /// <summary>A client's offer. It always says that the client can keep to a window, which costs nothing.</summary>
    public static string Offer(DeflateParameters wishes)
    {
        string offer = wishes.ToString();
        return wishes.ClientMaxWindowBits == DeflateParameters.MostWindowBits ? offer + "; client_max_window_bits" : offer;
    }

    /// <summary>Reads an answer that somebody else has given or judged; false if it is not one about this extension alone.</summary>
    public static bool TryRead(string answer, out DeflateParameters agreed)
    {
        agreed = default;
        var offers = new List<ExtensionOffer>();
        if (!ExtensionParser.TryParse(Encoding.UTF8.GetBytes(answer), offers)
            || offers is not [{ Name: DeflateParameters.ExtensionName } only]
            || DeflateFields.Read(only, isAnswer: true, out var fields) is not null)
        {
            return false;
        }

        agreed = new DeflateParameters(
            fields.ServerNoContextTakeover,
            fields.ClientNoContextTakeover,
            fields.ServerMaxWindowBits ?? DeflateParameters.MostWindowBits,
            fields.ClientMaxWindowBits ?? DeflateParameters.MostWindowBits);
        return true;
    }

    /// <summary>A client's judgement of the server's answer; null if it is one to its offer, else why the connection must fail (RFC 7692 §7.1).</summary>
    /// <param name="answer">What the server agreed to.</param>
    /// <param name="wishes">What was offered.</param>
    /// <param name="agreed">What holds now.</param>
    public static string? Verify(ExtensionOffer answer, DeflateParameters wishes, out DeflateParameters agreed)
    {
        agreed = wishes;
        if (DeflateFields.Read(answer, isAnswer: true, out var fields) is { } wrong)
        {
            return wrong;
        }

        if (wishes.ServerNoContextTakeover && !fields.ServerNoContextTakeover)
        {
            return "server_no_context_takeover was asked for and is missing";
        }

        int server = fields.ServerMaxWindowBits ?? DeflateParameters.MostWindowBits;
        if (server > wishes.ServerMaxWindowBits)
        {
            return "server_max_window_bits was asked for, and is missing or larger";
        }

        agreed = new DeflateParameters(
            fields.ServerNoContextTakeover,
            fields.ClientNoContextTakeover || wishes.ClientNoContextTakeover,
            server,
            Math.Min(fields.ClientMaxWindowBits ?? DeflateParameters.MostWindowBits, wishes.ClientMaxWindowBits));
        return null;
    }
}
