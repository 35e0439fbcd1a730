namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>The parameters of one offer or answer as they were written, each of them valid by itself.</summary>
internal struct DeflateFields
{
    public bool ServerNoContextTakeover { get; private set; }

    public bool ClientNoContextTakeover { get; private set; }

    /// <summary>Null when the parameter is not there.</summary>
    public int? ServerMaxWindowBits { get; private set; }

    /// <summary>Null when the parameter is not there; 15 when it came without a value.</summary>
    public int? ClientMaxWindowBits { get; private set; }

    /// <summary>Reads the parameters; null if they are valid, else what is wrong (RFC 7692 §7: unknown, repeated, or with a wrong value).</summary>
    /// <param name="extension">One element of the header.</param>
    /// <param name="isAnswer">Whether it is a server's answer, in which a window has to be told.</param>
    /// <param name="fields">What was read.</param>
    public static string? Read(ExtensionOffer extension, bool isAnswer, out DeflateFields fields)
    {
        fields = default;
        foreach (var (name, value) in extension.Parameters)
        {
            bool valid;
            bool repeated;
            switch (name)
            {
                case "server_no_context_takeover":
                    (repeated, valid) = (fields.ServerNoContextTakeover, value is null);
                    fields.ServerNoContextTakeover = true;
                    break;
                case "client_no_context_takeover":
                    (repeated, valid) = (fields.ClientNoContextTakeover, value is null);
                    fields.ClientNoContextTakeover = true;
                    break;
                case "server_max_window_bits":
                    repeated = fields.ServerMaxWindowBits is not null;
                    valid = TryReadBits(value, out int server);
                    fields.ServerMaxWindowBits = server;
                    break;
                case "client_max_window_bits":
                    repeated = fields.ClientMaxWindowBits is not null;
                    valid = TryReadBits(value, out int client) || (value is null && !isAnswer);
                    fields.ClientMaxWindowBits = client;
                    break;
                default:
                    return $"the parameter '{name}' is unknown";
            }

            if (repeated || !valid)
            {
                return repeated ? $"the parameter '{name}' came twice" : $"the value of '{name}' is not allowed";
            }
        }

        return null;
    }

    /// <summary>8 to 15, in decimal and without leading zeros (RFC 7692 §7.1.2).</summary>
    private static bool TryReadBits(string? value, out int bits)
    {
        bits = value switch
        {
            "8" => 8,
            "9" => 9,
            ['1', >= '0' and <= '5' and var units] => 10 + units - '0',
            _ => 0,
        };
        bool read = bits > 0;
        bits = read ? bits : DeflateParameters.MostWindowBits;
        return read;
    }
}
