using System.Text.RegularExpressions;
using Sockeye.Conformance.Judging;

namespace Sockeye.Conformance.Cases;

/// <summary>All cases, in order.</summary>
public static class CaseList
{
    private static readonly Dictionary<string, string> s_titles = new()
    {
        ["1"] = "Framing",
        ["2"] = "Pings and pongs",
        ["3"] = "Reserved bits",
        ["4"] = "Reserved opcodes",
        ["5"] = "Fragments",
        ["6"] = "UTF-8",
        ["7"] = "Closing",
        ["9"] = "Limits and speed",
        ["10"] = "Automatic fragments",
        ["12"] = "Compression, kinds of data",
        ["13"] = "Compression, parameters",
        ["H"] = "Opening handshakes",
        ["F"] = "Frame heads and masks",
        ["L"] = "Lengths",
        ["U"] = "UTF-8 at every position",
        ["C"] = "Closing codes",
        ["P"] = "Pings under load",
        ["V"] = "After a violation",
        ["M"] = "Attacks on memory",
        ["D"] = "permessage-deflate",
    };

    /// <summary>Every case.</summary>
    public static IReadOnlyList<Case> All { get; } =
    [
        .. Section1Framing.All(), .. Section2Pings.All(), .. Section3ReservedBits.All(), .. Section4ReservedOpcodes.All(), .. Section5Fragments.All(),
        .. Section6Utf8.All(), .. Section7Closing.All(), .. Section9Limits.All(), .. Section10AutoFragments.All(),
        .. Section12And13Compression.All(), .. SectionHOpenings.All(), .. SectionFHeads.All(), .. SectionLLengths.All(), .. SectionUFailFast.All(),
        .. SectionCCodes.All(), .. SectionsPVM.All(), .. SectionDDeflate.All(),
    ];

    /// <summary>What a section is about.</summary>
    /// <param name="section">Such as 1 or H.</param>
    public static string TitleOf(string section) => s_titles[section];

    /// <summary>The cases that can judge a side, chosen by patterns such as <c>1.*</c> or <c>7.3.?,H.*</c>.</summary>
    /// <param name="side">A server or a client.</param>
    /// <param name="include">Patterns, any of which must match; null for all.</param>
    /// <param name="exclude">Patterns, none of which may match; null for none.</param>
    /// <param name="fast">Without the heavy ones.</param>
    public static IReadOnlyList<Case> Choose(CaseSides side, string? include = null, string? exclude = null, bool fast = false)
    {
        var wanted = Pattern(include ?? "*");
        var unwanted = Pattern(exclude ?? "");
        return [.. All.Where(one => one.Sides.HasFlag(side) && wanted.IsMatch(one.Id) && !unwanted.IsMatch(one.Id) && !(fast && one.IsHeavy))];
    }

    private static Regex Pattern(string patterns)
    {
        var parts = patterns.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string any = string.Join('|', parts.Select(part => Regex.Escape(part).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)));
        return new Regex($"^(?:{any})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }
}
