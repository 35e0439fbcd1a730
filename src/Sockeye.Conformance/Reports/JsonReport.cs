using System.Globalization;
using System.Text;
using System.Text.Json;
using Sockeye.Conformance.Judging;

namespace Sockeye.Conformance.Reports;

/// <summary>A report for programs.</summary>
public static class JsonReport
{
    /// <summary>One JSON object: who, how many of each verdict, and each case.</summary>
    /// <param name="report">The report.</param>
    /// <param name="brief">A line a case, and only the verdicts of those that passed.</param>
    public static string Of(Report report, bool brief = false)
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = !brief }))
        {
            json.WriteStartObject();
            json.WriteString("side", report.Side);
            json.WriteString("peer", report.Peer);
            json.WriteString("date", report.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteStartObject("counts");
            foreach (var verdict in Enum.GetValues<Verdict>())
            {
                json.WriteNumber(Words.Of(verdict), report.Results.Count(result => result.Verdict == verdict));
            }

            json.WriteNumber("bad", report.Results.Count(result => result.IsBad));
            json.WriteEndObject();
            json.WriteStartArray("cases");
            foreach (var result in report.Results)
            {
                if (brief)
                {
                    json.Flush();
                    bytes.WriteByte((byte)'\n');
                }

                Write(json, result, brief);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, CaseResult result, bool brief)
    {
        json.WriteStartObject();
        json.WriteString("id", result.Case.Id);
        json.WriteString("verdict", Words.Of(result.Verdict));
        json.WriteString("close", Words.Of(result.Close));
        if (brief && result is { Verdict: Verdict.Pass, IsBad: false })
        {
            json.WriteEndObject();
            return;
        }

        json.WriteString("sends", result.Case.Sends);
        json.WriteString("allows", result.Case.Allows);
        json.WriteString("reference", result.Case.Reference);
        json.WriteString("detail", result.Detail);
        json.WriteNumber("milliseconds", Math.Round(result.Elapsed.TotalMilliseconds, 1));
        json.WriteEndObject();
    }
}
